import type { ComponentChildren } from "preact";

/** Icons of 24 by 24, in the colour of the text. They are decoration: the button has a name. */
const icon = (drawing: ComponentChildren) => () => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    {drawing}
  </svg>
);

const handset = (
  <path d="M6.5 3.5h3l1.6 4.4-2 1.7a13 13 0 0 0 5.3 5.3l1.7-2 4.4 1.6v3c0 1.1-.9 2-2 2A14.9 14.9 0 0 1 4.5 5.5c0-1.1.9-2 2-2Z" />
);

export const PhoneIcon = icon(handset);
export const HangUpIcon = icon(
  <path d="M3.3 14.7c-.9-.9-.9-2.2 0-3.1a13 13 0 0 1 17.4 0c.9.9.9 2.2 0 3.1l-1 1a1.5 1.5 0 0 1-1.9.2l-2.5-1.6a1.5 1.5 0 0 1-.7-1.5l.2-1.5a12 12 0 0 0-5.6 0l.2 1.5c.1.6-.2 1.2-.7 1.5l-2.5 1.6a1.5 1.5 0 0 1-1.9-.2Z" />,
);
export const VideoIcon = icon(
  <>
    <rect x="2.5" y="6" width="13" height="12" rx="2.5" />
    <path d="m15.5 10.5 6-3.5v10l-6-3.5" />
  </>,
);
export const MissedIcon = icon(
  <>
    <path d="m4 5 8 8 6.5-6.5" />
    <path d="M13.5 6h5.5v5.5" />
    <path d="M3 18.5a13 13 0 0 1 18 0" />
  </>,
);
export const MessageIcon = icon(<path d="M4 5.5h16v11H11l-4.5 3.5v-3.5H4Z" />);
export const SendIcon = icon(<path d="M4 12h15M13 6l6 6-6 6" />);
export const MicIcon = icon(
  <>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
  </>,
);
export const MicOffIcon = icon(
  <>
    <path d="M15 10V6a3 3 0 0 0-6-.5M9 9v2a3 3 0 0 0 4.5 2.6" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 10.5 5M12 18v3M3.5 3.5l17 17" />
  </>,
);
export const VideoOffIcon = icon(
  <>
    <path d="M9 6h4a2.5 2.5 0 0 1 2.5 2.5v4M15 17.5a2.5 2.5 0 0 1-1.5.5H5A2.5 2.5 0 0 1 2.5 15.5v-7A2.5 2.5 0 0 1 4.5 6.1" />
    <path d="m15.5 10.5 6-3.5v10l-3-1.7M3.5 3.5l17 17" />
  </>,
);
export const PersonIcon = icon(
  <>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.5 20a7.5 7.5 0 0 1 15 0" />
  </>,
);
export const StrangerIcon = icon(
  <>
    <circle cx="12" cy="8" r="4" stroke-dasharray="2.5 2" />
    <path d="M4.5 20a7.5 7.5 0 0 1 15 0" stroke-dasharray="2.5 2" />
  </>,
);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7" />);
export const CrossIcon = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const BackIcon = icon(<path d="m14.5 5-7 7 7 7" />);
export const SearchIcon = icon(
  <>
    <circle cx="10.5" cy="10.5" r="6" />
    <path d="m15 15 5.5 5.5" />
  </>,
);
export const DeviceIcon = icon(
  <>
    <rect x="6.5" y="2.5" width="11" height="19" rx="2.5" />
    <path d="M10.5 18.5h3" />
  </>,
);
export const LockIcon = icon(
  <>
    <rect x="5" y="10.5" width="14" height="10" rx="2.5" />
    <path d="M8 10.5V7.5a4 4 0 0 1 8 0v3" />
  </>,
);
