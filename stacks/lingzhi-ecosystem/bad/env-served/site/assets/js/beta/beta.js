"use strict";

document.documentElement.dataset.beta = "on";
