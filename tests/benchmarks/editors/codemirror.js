// CodeMirror 6 with as little as the review page would need: undo, wrapped lines, marks that follow their passages.
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap } from "@codemirror/view";

const setMarks = StateEffect.define();
const marks = StateField.define({
  create: () => Decoration.none,
  update: (value, transaction) =>
    transaction.effects.reduce((kept, effect) => (effect.is(setMarks) ? effect.value : kept), value.map(transaction.changes)),
  provide: (field) => EditorView.decorations.from(field),
});

let view;
window.candidate = {
  start(parent, text, given) {
    const attributes = EditorView.contentAttributes.of({ spellcheck: "true", "aria-label": "Memo" });
    const extensions = [history(), keymap.of([...standardKeymap, ...historyKeymap]), EditorView.lineWrapping, marks, attributes];
    view = new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
    const ranges = given.map((each) => Decoration.mark({ tagName: "mark" }).range(each.start, each.end));
    view.dispatch({ effects: setMarks.of(Decoration.set(ranges)) });
  },
  caret(position) {
    view.focus();
    view.dispatch({ selection: { anchor: position }, effects: EditorView.scrollIntoView(position, { y: "center" }) });
  },
  text: () => view.state.doc.toString(),
};
