import { renderPage } from "../app/Page.js";
import { DeskPage } from "./DeskPage.js";

renderPage("desk", DeskPage);
