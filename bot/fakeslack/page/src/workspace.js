// What every part of the page may ask of the workspace.
import { createContext } from "react";

export const Workspace = createContext(null);
