// Trusted Types: what the browser takes as markup or as a script's address comes from this policy, and from nowhere else.

interface Policy {
  createHTML(html: string): string;
  createScriptURL(url: string): string;
}

const plain: Policy = { createHTML: (html) => html, createScriptURL: (url) => url };
const factory = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes;
const policy = factory?.createPolicy("preau", plain) ?? plain;

/** Markup of the school's, which the server has reduced to an allow-list. */
export const reducedHtml = (html: string): string => policy.createHTML(html);

/** The address of the app's own worker. */
export const workerAddress = (): string => policy.createScriptURL("/sw.js");
