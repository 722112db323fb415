// Takes the token out of the address bar and of the history: whoever uses this browser later finds no way in there.
history.replaceState(null, "", "/");
