"use strict";

const token = sessionStorage.getItem("token");

if (token) {
  fetch("/api/user/info", { headers: { Authorization: `Bearer ${token}` } })
    .then((answer) => answer.json())
    .then(({ user }) => { document.getElementById("tier").value = user.tier; });
}
