import type { User } from "../api/types";
import { useSession } from "../state/context";
import type { Store } from "../state/store";
import { Avatar } from "../ui/Avatar";

/** Everybody a direct message can go to, the bot first; the channel behind it is opened when it is needed. */
export function DirectLinks() {
  const { store } = useSession();
  const others = store.state.users.filter((u) => u.id !== store.me.id && !u.deactivated && (!u.is_bot || writes(store, u)));
  const rank = (u: User) => (u.id === store.state.app.bot_user ? 0 : 1);
  return (
    <ul>
      {others
        .sort((a, b) => rank(a) - rank(b))
        .map((user) => (
          <DirectLink key={user.id} user={user} />
        ))}
    </ul>
  );
}

/** Whether a bot belongs in the list: the app itself, or one that has written, like Slackbot. */
function writes(store: Store, bot: User): boolean {
  return bot.id === store.state.app.bot_user || store.state.channels.some((c) => c.is_im && c.user === bot.id);
}

function DirectLink({ user }: { user: User }) {
  const session = useSession();
  const { store } = session;
  const channel = store.state.channels.find((c) => c.is_im && c.user === user.id);
  const { page, channel: open } = store.place.value;
  const active = page === "channel" && channel !== undefined && open === channel.id;
  const unread = Math.max(channel?.unread ?? 0, channel?.mentions ?? 0);
  const classes = ["side-link", active && "side-active", unread > 0 && "side-unread"];
  const openIt = () =>
    void (channel ? session.go({ page: "channel", channel: channel.id }) : session.openDirect(user.id));
  return (
    <li>
      <button type="button" class={classes.filter(Boolean).join(" ")} aria-current={active ? "page" : undefined} onClick={openIt}>
        <Avatar user={user} size={20} />
        <span class="side-name">{user.real_name || user.name}</span>
        {unread > 0 && <span class="badge">{unread}</span>}
      </button>
    </li>
  );
}
