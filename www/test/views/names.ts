/** Every view of the fixture. */
export const deskNames = [
  "desk",
  "desk-onboarding",
  "desk-compare",
  "desk-calling",
  "desk-call",
  "desk-incoming",
  "desk-devices",
  "desk-requests",
  "desk-add",
  "desk-link-this",
  "desk-link-another",
  "desk-notices",
  "second-tab",
];

export const phoneNames = [
  "phone-lock",
  "phone-incoming",
  "phone-call",
  "phone-voice",
  "phone-calls",
  "phone-messages",
  "phone-people",
  "phone-silent",
  "phone-device",
  "phone-onboarding",
  "phone-link",
];
