// Runs before the first paint, so that a page is never drawn in the other theme.
try {
  const theme = localStorage.getItem("cabinet.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's theme then holds.
}
