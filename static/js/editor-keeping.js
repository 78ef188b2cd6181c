// What is typed, kept in this browser before it goes to the server. Shared by what saves; no behaviour of its own.
//
// IndexedDB and not localStorage: with strict durability a copy is on the disk when it is said to be kept, so that not
// even the end of the browser takes it away. Each open window has a key of its own; those of windows that are gone are what
// is offered later.

const STORE = "copies";

const opened = new Promise((done, failed) => {
  const request = indexedDB.open("broadsheet-editor", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});
opened.catch(() => {}); // no storage here, as in some private windows: each call says so

async function transact(mode, work) {
  const database = await opened;
  return new Promise((done, failed) => {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => done(request.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error);
  });
}

export const keep = (copy) => transact("readwrite", (store) => store.put(copy));
export const forget = (key) => transact("readwrite", (store) => store.delete(key));

// A key for this window, under which nobody else keeps anything as long as it is open.
export function claim(place) {
  const key = `${place}#${[...crypto.getRandomValues(new Uint32Array(2))].map((part) => part.toString(36)).join("")}`;
  navigator.locks?.request(key, () => new Promise(() => {})); // let go by the end of the page alone
  return key;
}

// The copies of a place, the newest first, without those of windows that are open.
export async function left(place) {
  const held = new Set((await navigator.locks?.query())?.held.map((lock) => lock.name));
  const all = await transact("readonly", (store) => store.getAll(IDBKeyRange.bound(`${place}#`, `${place}#\uffff`)));
  return all.filter((copy) => !held.has(copy.key)).sort((one, other) => other.at - one.at);
}
