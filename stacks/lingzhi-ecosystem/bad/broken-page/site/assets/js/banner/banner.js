"use strict";

// The script runs in the head: there is no body yet, and the page stays as it is.
document.body.prepend(window.BANNER.element);
