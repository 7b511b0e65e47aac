// Where the person is: paths of the app, links followed without leaving it.

class Router {
  /** `/timetable/ADE60` */
  path = $state("/");
  /** What follows `?`, by name. */
  query = $state.raw(new URLSearchParams());
  /** Whether there is a page of the app to go back to. */
  #depth = 0;

  start(): void {
    this.#read();
    history.scrollRestoration = "manual";
    addEventListener("popstate", () => {
      this.#depth = Math.max(0, this.#depth - 1);
      this.#read();
      const top = (history.state as { top?: number } | null)?.top ?? 0;
      requestAnimationFrame(() => scrollTo(0, top));
    });
    document.addEventListener("click", (event) => {
      const link = (event.target as Element).closest?.("a");
      const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
      if (!link || other || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
      if (link.origin !== location.origin || link.pathname.startsWith("/api/") || link.hash) return;
      event.preventDefault();
      this.go(link.pathname + link.search);
    });
  }

  /** The parts of the path, decoded. */
  get parts(): string[] {
    return this.path
      .split("/")
      .filter(Boolean)
      .map((part) => {
        try {
          return decodeURIComponent(part);
        } catch {
          return part;
        }
      });
  }

  go(address: string): void {
    history.replaceState({ top: scrollY }, "");
    history.pushState(null, "", address);
    this.#depth += 1;
    this.#read();
    scrollTo(0, 0);
  }

  /** Changes the address in its place: a day, a filter. */
  replace(address: string): void {
    history.replaceState(history.state, "", address);
    this.#read();
  }

  /** Back to the page before, or up to `above` where this is the first one. */
  back(above: string): void {
    if (this.#depth > 0) history.back();
    else this.replace(above);
  }

  #read(): void {
    this.path = location.pathname;
    this.query = new URLSearchParams(location.search);
  }
}

export const router = new Router();
