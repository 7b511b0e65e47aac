// The language of the app, and texts that exist in both.

export type Language = "fr" | "en";

/** The languages that the app is written in. */
export const LANGUAGES: Language[] = ["fr", "en"];

const STORED = "language";

class Current {
  now = $state<Language>("fr");

  /** What was chosen, else the first language of the browser that the campus offers, else the campus's first. */
  start(offered: string[]): void {
    const known = LANGUAGES.filter((language) => offered.includes(language));
    const wishes = [localStorage.getItem(STORED) ?? "", ...navigator.languages.map((tag) => tag.slice(0, 2))];
    const wish = wishes.find((wish) => known.includes(wish as Language));
    this.#set((wish as Language) ?? known[0] ?? "fr");
  }

  choose(language: Language): void {
    localStorage.setItem(STORED, language);
    this.#set(language);
  }

  #set(language: Language): void {
    this.now = language;
    document.documentElement.lang = language;
  }
}

export const language = new Current();

type Sentence = string | ((...parts: never[]) => string);
type Same<T> = { [K in keyof T]: T[K] extends (...parts: infer P) => string ? (...parts: P) => string : string };

/** Texts of a screen: each in French and in English, sentences with parts as functions. Read in the present language. */
export function words<T extends Record<string, Sentence>>(texts: { fr: T; en: Same<T> }): T {
  return new Proxy(texts.fr, {
    get: (_, key) => (texts[language.now] as T)[key as keyof T],
  });
}

/** `count` with the form of a noun that its language asks for: `3 cours`, `1 mark`. */
export function counted(count: number, one: string, other: string): string {
  const form = new Intl.PluralRules(language.now).select(count) === "one" ? one : other;
  return `${new Intl.NumberFormat(language.now).format(count)}\u00a0${form}`;
}

/** A text that the school gave in one or both languages. */
export function told(text: { fr?: string | null; en?: string | null } | null | undefined): string {
  return text?.[language.now] ?? text?.fr ?? text?.en ?? "";
}
