"use strict";

navigator.serviceWorker?.register("/sw.js");

fetch("/api/health")
  .then((answer) => answer.json())
  .then((health) => { document.getElementById("health").value = health.status === "ok" ? "正常" : "异常"; })
  .catch(() => { document.getElementById("health").value = "无法连接"; });
