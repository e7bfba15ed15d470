import { useRef, useState } from "preact/hooks";
import { api } from "../api/client";
import { useSession } from "../state/context";
import { Icon } from "../ui/Icon";
import { Menu, MenuItem } from "../ui/Menu";

/** The app's global shortcuts. */
export function ShortcutMenu() {
  const session = useSession();
  const { store } = session;
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const shortcuts = (store.state.app.shortcuts ?? []).filter((s) => s.type === "global");
  if (shortcuts.length === 0) return null;
  const run = (callback_id: string) => {
    setOpen(false);
    void session.attempt(() => api.shortcut({ user: store.me.id, callback_id }));
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="icon-button side-shortcuts"
        aria-label="Shortcuts"
        title="Shortcuts"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="bolt" size={16} />
      </button>
      {open && (
        <Menu anchor={anchor} onClose={() => setOpen(false)} label="Shortcuts">
          {shortcuts.map((s) => (
            <MenuItem key={s.callback_id} onPick={() => run(s.callback_id)}>
              {s.name}
            </MenuItem>
          ))}
        </Menu>
      )}
    </>
  );
}
