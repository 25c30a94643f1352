import { renderPage } from "../app/Page.js";
import { PhonePage } from "./PhonePage.js";

renderPage("phone", PhonePage);
