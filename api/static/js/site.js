// What every page has but the drawing, which brings its own: the search box leads to the drawing around the entity.
import { Search } from "./search.js";

new Search((id) => location.assign(`/graph?entity=${encodeURIComponent(id)}`));
