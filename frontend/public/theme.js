// Runs before the first paint, so that a page is never drawn in the other theme or announced in another language.
try {
  const root = document.documentElement;
  const theme = localStorage.getItem("cabinet.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const language = localStorage.getItem("cabinet.language");
  const texts = root.getAttribute(`data-texts-${language}`);
  if (texts) {
    root.lang = language;
    // The program asks for them when it begins; by then they are here.
    const early = document.createElement("link");
    Object.assign(early, { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: texts });
    document.head.append(early);
    document.querySelector("[rel=manifest]").href += `?in=${language}`;
  }
} catch {
  // Storage may be forbidden; the system's theme and Ukrainian then hold.
}
