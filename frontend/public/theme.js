// Runs before the first paint, so that a page is never drawn in the other theme or announced in another language.
try {
  const theme = localStorage.getItem("cabinet.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const language = localStorage.getItem("cabinet.language");
  if (language === "ru" || language === "en") document.documentElement.lang = language;
} catch {
  // Storage may be forbidden; the system's theme and Ukrainian then hold.
}
