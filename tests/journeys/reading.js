// Every text of ours a reader may meet: what is written, the words of labels and hints, and the window's title.
// Text marked as of another language, or of whoever wrote it (dir=auto), is not ours.
() => {
  const apart = "[lang=en], [lang=und], [lang=zh-Latn], [dir=auto], [translate=no], [aria-hidden=true], script, style, code, kbd, .mono, pre, noscript, datalist";
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
