const allowed = new Set(["http:", "https:", "mailto:", "tel:", "slack:"]);

/** The address if a click on it is harmless: `javascript:`, `data:` and the like answer undefined. */
export function safeUrl(url: string): string | undefined {
  try {
    return allowed.has(new URL(url).protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The address as seen from this page if it is the simulator's own, under whatever name the page was opened:
 * nothing is loaded from another host.
 */
export function ownUrl(url: string): string | undefined {
  try {
    const { origin, hostname, port, pathname, search } = new URL(url, location.href);
    const own = origin === location.origin || (loopback.test(hostname) && port === location.port);
    return own ? pathname + search : undefined;
  } catch {
    return undefined;
  }
}
