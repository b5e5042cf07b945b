// Every text a reader of this page may meet: what is written, and the words of labels, hints and the window's title.
() => {
  const apart = "[lang=en], [lang=und], [translate=no], script, style, code, kbd, .mono, pre, noscript, datalist";
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim();
    if (words && !walker.currentNode.parentElement.closest(apart)) found.push(words.replace(/\s+/g, " "));
  }
  for (const element of document.querySelectorAll("[title], [aria-label], [placeholder], [alt]")) {
    if (element.closest(apart)) continue;
    for (const name of ["title", "aria-label", "placeholder", "alt"]) {
      if (element.getAttribute(name)) found.push(element.getAttribute(name).trim().replace(/\s+/g, " "));
    }
  }
  found.push(document.title);
  return found;
}
