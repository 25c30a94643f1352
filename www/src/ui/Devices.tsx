import { useState } from "preact/hooks";
import { Button } from "./Button.js";
import { dateOf } from "./format.js";
import { DeviceIcon } from "./icons.js";
import type { DeviceView } from "./types.js";

export interface DevicesProps {
  readonly devices: readonly DeviceView[];
  readonly onRemove: (device: string) => void;
  /** Begins to link another one. Left out on a device that has no account key. */
  readonly onLink?: (() => void) | undefined;
}

/** The devices of the user's own account. Removing one revokes its certificate. */
export function Devices({ devices, onRemove, onLink }: DevicesProps) {
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <div class="devices">
      <ul class="rows">
        {devices.map(({ device, name, isThis, isKept, since, removable }) => (
          <li key={device} class="row">
            <DeviceIcon />
            <span class="row-text">
              <span class="row-title">{name}</span>
              <span class="row-detail">
                {isThis ? `This device${keptText(isKept)}` : `Linked ${dateOf(since)}`}
              </span>
            </span>
            {removable && asked !== device && (
              <Button tone="danger" onPress={() => setAsked(device)}>
                Remove<span class="visually-hidden"> {name}</span>
              </Button>
            )}
            {asked === device && (
              <span class="actions">
                <Button
                  tone="danger"
                  onPress={() => {
                    setAsked(null);
                    onRemove(device);
                  }}
                >
                  Remove for good<span class="visually-hidden"> {name}</span>
                </Button>
                <Button onPress={() => setAsked(null)}>Keep</Button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {onLink && <Button onPress={onLink}>Link another device</Button>}
    </div>
  );
}

function keptText(isKept: boolean | undefined): string {
  if (isKept === undefined) return "";
  return isKept ? " · the browser keeps it" : " · the browser may delete it";
}
