"use strict";

importScripts("/sw.js/pages.js");
