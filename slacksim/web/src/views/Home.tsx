import { Blocks } from "../blocks/Blocks";
import { SurfaceContext, type Surface } from "../blocks/surface";
import { useStore } from "../state/context";
import { Avatar } from "../ui/Avatar";
import { MenuButton } from "../shell/MenuButton";
import { useDraft } from "./useDraft";

/** The app's Home tab as this person sees it. */
export function Home() {
  const store = useStore();
  const { app } = store.state;
  return (
    <section class="pane home" aria-label={`${app.name} home`}>
      <header class="pane-head">
        <MenuButton />
        <Avatar user={store.user(app.bot_user)} size={24} />
        <h1 class="pane-title">{app.name}</h1>
        <span class="tab-name">Home</span>
      </header>
      <div class="home-scroll">
        <div class="home-body">
          <HomeView />
        </div>
      </div>
    </section>
  );
}

function HomeView() {
  const store = useStore();
  const view = store.homes.value.get(store.me.id);
  const [values, change] = useDraft(view?.id ?? "");
  if (!view) return <p class="empty">{store.state.app.name} has not published a Home tab for {store.me.real_name} yet.</p>;
  const surface: Surface = { container: { type: "view", view_id: view.id }, values, errors: {}, change };
  return (
    <SurfaceContext.Provider value={surface}>
      <Blocks blocks={view.blocks} />
    </SurfaceContext.Provider>
  );
}
