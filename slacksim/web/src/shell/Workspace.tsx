import { ChannelPane } from "../chat/ChannelPane";
import { ThreadPane } from "../chat/ThreadPane";
import { Lab } from "../lab/Lab";
import { useStore } from "../state/context";
import { ConfirmDialog } from "../views/ConfirmDialog";
import { Home } from "../views/Home";
import { ModalStack } from "../views/ModalStack";
import { LinkBanner } from "./LinkBanner";
import { Sidebar } from "./Sidebar";
import { TopBar } from "./TopBar";
import { usePageTitle } from "./usePageTitle";

export function Workspace() {
  const store = useStore();
  const { page, channel, thread } = store.place.value;
  usePageTitle();
  const classes = ["app", thread && "app-thread", store.labOpen.value && "app-lab", store.sidebarOpen.value && "app-drawer"];
  return (
    <div class={classes.filter(Boolean).join(" ")}>
      <TopBar />
      <Sidebar />
      {store.sidebarOpen.value && <div class="scrim" onClick={() => (store.sidebarOpen.value = false)} />}
      <main class="main">
        <LinkBanner />
        {page === "home" ? <Home /> : <ChannelPane key={`${store.me.id} ${channel}`} />}
      </main>
      {page === "channel" && channel && thread && <ThreadPane key={`${store.me.id} ${thread}`} channel={channel} thread={thread} />}
      {store.labOpen.value && <Lab />}
      <ModalStack />
      <ConfirmDialog />
    </div>
  );
}
