// Whether the app can be put on the home screen here, and how.

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

class Installation {
  /** By the browser's own prompt, by hand as on iOS, or not at all (installed already, or a browser that cannot). */
  way = $state<"prompt" | "ios" | null>(null);
  #prompt: InstallPrompt | null = null;

  start(): void {
    const installed =
      matchMedia("(display-mode: standalone)").matches || (navigator as { standalone?: boolean }).standalone === true;
    if (installed) return;
    const ios =
      /iPhone|iPad|iPod/.test(navigator.userAgent) ||
      (navigator.userAgent.includes("Mac") && navigator.maxTouchPoints > 1);
    if (ios) this.way = "ios";
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      this.#prompt = event as InstallPrompt;
      this.way = "prompt";
    });
    addEventListener("appinstalled", () => {
      this.way = null;
    });
  }

  async install(): Promise<void> {
    await this.#prompt?.prompt();
    this.way = null;
  }
}

export const installation = new Installation();
