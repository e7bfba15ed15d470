import { useLayoutEffect, useRef, useState } from "preact/hooks";

const nearPx = 60;

/** Keeps a list at its end while the reader is there, and where the reader is otherwise. */
export function useStickyScroll(onTop: (() => void) | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const lastTop = useRef(0);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = () => {
    stuck.current = true;
    setAtEnd(true);
    scroller.current!.scrollTop = scroller.current!.scrollHeight;
  };

  useLayoutEffect(() => {
    let height = content.current!.offsetHeight;
    const watch = new ResizeObserver(() => {
      const element = scroller.current!;
      const grown = content.current!.offsetHeight - height;
      height += grown;
      if (stuck.current) element.scrollTop = element.scrollHeight;
      // Older messages came in above: the ones being read stay in place.
      else if (element.scrollTop < nearPx) element.scrollTop += grown;
    });
    watch.observe(content.current!);
    watch.observe(scroller.current!);
    toEnd();
    return () => watch.disconnect();
  }, []);

  const onScroll = () => {
    const element = scroller.current!;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < nearPx;
    // The event may come when the list has already grown again: only a move upwards leaves the end.
    if (near) stuck.current = true;
    else if (element.scrollTop < lastTop.current) stuck.current = false;
    lastTop.current = element.scrollTop;
    setAtEnd(stuck.current);
    if (element.scrollTop < nearPx && element.scrollHeight > element.clientHeight) onTop?.();
  };

  return { scroller, content, atEnd, toEnd, onScroll };
}
