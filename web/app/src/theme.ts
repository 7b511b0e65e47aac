// Light or dark: as the phone says, unless the person chose.

export type Theme = "auto" | "light" | "dark";

const STORED = "theme";

export const theme = {
  get chosen(): Theme {
    const kept = localStorage.getItem(STORED);
    return kept === "light" || kept === "dark" ? kept : "auto";
  },

  start(): void {
    const chosen = this.chosen;
    if (chosen === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = chosen;
  },

  choose(theme: Theme): void {
    localStorage.setItem(STORED, theme);
    this.start();
  },
};
