import type { Place } from "./store";

/** What the address bar says: `?user=U…&channel=C…&thread=ts`, or `&page=home`. */
export interface Address extends Place {
  user?: string;
}

export function readAddress(search: string): Address {
  const q = new URLSearchParams(search);
  return {
    user: q.get("user") ?? undefined,
    page: q.get("page") === "home" ? "home" : "channel",
    channel: q.get("channel") ?? undefined,
    thread: q.get("thread") ?? undefined,
  };
}

export function writeAddress(address: Address): string {
  const q = new URLSearchParams();
  if (address.user) q.set("user", address.user);
  if (address.page === "home") q.set("page", "home");
  else if (address.channel) q.set("channel", address.channel);
  if (address.page !== "home" && address.thread) q.set("thread", address.thread);
  return `?${q}`;
}
