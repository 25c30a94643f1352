import { useEffect, useRef } from "preact/hooks";

/**
 * For what replaces a screen: takes the focus if it went with what was there before. Whoever is
 * writing elsewhere keeps it.
 */
export function useFocusIfLost<Target extends HTMLElement>() {
  const target = useRef<Target>(null);
  useEffect(() => {
    if (document.activeElement === document.body) target.current?.focus();
  }, []);
  return target;
}
