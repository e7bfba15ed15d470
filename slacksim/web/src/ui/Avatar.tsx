import type { User } from "../api/types";
import { useStore } from "../state/context";

interface Props {
  user: User | undefined;
  name?: string;
  size?: number;
}

/** A coloured tile: the app's sign, or a person's initials (one character for Chinese names). */
export function Avatar({ user, name, size = 36 }: Props) {
  const shown = name ?? user?.real_name ?? user?.name ?? "?";
  const isApp = user !== undefined && user.id === useStore().state.app.bot_user;
  const look = { width: `${size}px`, height: `${size}px`, fontSize: `${size * 0.4}px`, background: isApp ? undefined : user?.color };
  return (
    <span class={isApp ? "avatar avatar-app" : "avatar"} style={look} aria-hidden="true">
      {isApp ? <AppSign /> : initials(shown)}
    </span>
  );
}

function AppSign() {
  return (
    <svg viewBox="0 0 32 32" width="72%" height="72%">
      <path
        d="M4 17h6l3-8 5 15 3.5-9H28"
        fill="none"
        stroke="currentColor"
        stroke-width="3"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

export function initials(name: string): string {
  const han = /\p{Script=Han}/u.exec(name);
  if (han) return han[0];
  const [first = "?", second] = name.trim().split(/[\s._-]+/);
  return ((first[0] ?? "?") + (second?.[0] ?? "")).toUpperCase();
}

