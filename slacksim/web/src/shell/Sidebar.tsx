import { useSession, useStore } from "../state/context";
import { Avatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { shortTitle } from "../ui/shortTitle";
import { ChannelLink } from "./ChannelLink";
import { DirectLinks } from "./DirectLinks";
import { ShortcutMenu } from "./ShortcutMenu";

export function Sidebar() {
  const store = useStore();
  const channels = store.state.channels.filter((c) => !c.is_im && !c.archived);
  return (
    <nav class="sidebar" aria-label="Channels">
      <div class="sidebar-head">
        <h2>{store.state.team.name}</h2>
        <button type="button" class="icon-button narrow-only" aria-label="Close sidebar" onClick={() => (store.sidebarOpen.value = false)}>
          <Icon name="close" />
        </button>
      </div>
      <div class="sidebar-scroll">
        <h3>Channels</h3>
        <ul>
          {channels.map((channel) => (
            <ChannelLink key={channel.id} channel={channel} />
          ))}
        </ul>
        <h3>Direct messages</h3>
        <DirectLinks />
        <h3>Apps</h3>
        <AppLink />
      </div>
      <div class="sidebar-me">
        <Avatar user={store.me} size={32} />
        <span class="person-text">
          <span class="person-name">{store.me.real_name || store.me.name}</span>
          <small>{shortTitle(store.me.title) || `@${store.me.name}`}</small>
        </span>
      </div>
    </nav>
  );
}

function AppLink() {
  const session = useSession();
  const { store } = session;
  const { app, connections } = store.state;
  const active = store.place.value.page === "home";
  const sockets = connections === 1 ? "1 socket" : `${connections} sockets`;
  return (
    <ul>
      <li class="side-app">
        <button
          type="button"
          class={active ? "side-link side-active" : "side-link"}
          aria-current={active ? "page" : undefined}
          disabled={!app.home_enabled}
          onClick={() => void session.go({ page: "home" })}
        >
          <Avatar user={store.user(app.bot_user)} name={app.name} size={20} />
          <span class="side-name">{app.name}</span>
          <span class="side-note">Home</span>
        </button>
        <ShortcutMenu />
      </li>
      <li class="side-sockets" title="Open Socket Mode connections of the app">
        <span class={connections > 0 ? "dot dot-on" : "dot"} /> {connections > 0 ? sockets : "not connected"}
      </li>
    </ul>
  );
}
