import { useEffect, useState } from "preact/hooks";
import type { Observable } from "../peer/observable.js";

/** The value, now and whenever it changes. */
export function useValue<Value>(observable: Observable<Value>): Value {
  const [value, setValue] = useState(observable.value);
  useEffect(() => {
    const update = () => setValue(() => observable.value);
    update();
    return observable.subscribe(update);
  }, [observable]);
  return value;
}
