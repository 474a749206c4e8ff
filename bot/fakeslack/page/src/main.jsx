import { createRoot } from "react-dom/client";
import { useHash } from "./api.js";
import { App } from "./app.jsx";
import { Columns } from "./columns.jsx";
import { Tour } from "./tour.jsx";

const nowhere = { as: "U0ANN", channel: "", thread: "", message: "", tab: "", left: "", right: "", side: "", tour: "", step: "", playing: "" };

function Page() {
  const [at, go] = useHash(nowhere);
  if (at.tour) return <Tour at={at} go={go} />;
  if (at.right) return <Columns at={at} go={go} />;
  return <App at={at} go={go} />;
}

createRoot(document.getElementById("root")).render(<Page />);
