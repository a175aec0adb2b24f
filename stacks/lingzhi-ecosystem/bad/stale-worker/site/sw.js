importScripts("/sw-2.js");
