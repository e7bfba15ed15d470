import type { ComponentChildren } from "preact";
import { safeUrl } from "./links";

/** A link that opens beside the page; an address that is not safe to click is plain text. */
export function Link({ url, children }: { url: string; children: ComponentChildren }) {
  const href = safeUrl(url);
  if (!href) return <>{children}</>;
  return (
    <a class="link" href={href} target="_blank" rel="noopener noreferrer" title={href}>
      {children}
    </a>
  );
}
