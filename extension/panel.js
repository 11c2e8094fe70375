// The panel's entry point: it loads the module and the dataset, and the records once the panel is
// on screen; the rest is Rust (`src/ui/dom`).
import "./parts.js";
import "./module.js";

const image = async (name) => new Uint8Array(await part(name));

Promise.all([loaded, image("dataset.img")])
  .then(([, dataset]) => pages.panel(dataset))
  .then(() => image("records.img"))
  .then((records) => pages.records(records))
  .catch((error) => console.error("Served By:", error));
