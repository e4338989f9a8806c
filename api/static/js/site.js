// What every page has but the drawing, which brings its own: the search box leads to the page of the entity.
import { Search } from "./search.js";

new Search((id) => location.assign(`/entities/${id.replace(/^ent:/, "")}`));
