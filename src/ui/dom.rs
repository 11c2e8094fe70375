//! The panel put on screen: the page's elements are made to agree with the tree, and what agrees already stays.
//!
//! So a part that the reader opened stays open, the focus stays where it is, and a screen reader
//! tells only of words that changed. Texts reach the page as text nodes, never as markup.

use wasm_bindgen::prelude::*;
use web_sys::{Document, HtmlElement};

use super::records;
use super::tree::{self, Element, Node};
use super::view::PanelView;
use super::words::{Label, Lang};

/// Attributes that belong to the reader, not to the tree.
const READERS: [&str; 1] = ["open"];
/// Attributes by which an element is recognised as the same part when others come or go before it.
const NAMES: [&str; 5] = ["data-part", "data-opens", "data-provider", "data-action", "role"];

/// Shows a tab, and what is documented about it and what is known of updates once that is there. Its element says
/// when nothing more is to come.
pub fn render(
    view: &PanelView,
    documented: Vec<Element>,
    updates: Option<Element>,
    whole: bool,
) -> Result<(), JsValue> {
    let title = match &view.host {
        Some(host) => format!("{} – {host}", Label::Panel.text(view.lang)),
        None => Label::Panel.text(view.lang).to_owned(),
    };
    let panel = tree::panel(view, documented, updates).with("data-whole", if whole { "true" } else { "false" });
    show(&panel, &title, view.lang)
}

/// Says that there is no dataset to judge by.
pub fn render_unreadable(lang: Lang) -> Result<(), JsValue> {
    show(&tree::unreadable(lang), Label::Panel.text(lang), lang)
}

/// Calls back with the action of the button that the reader clicked, in the turn of the click: browsers take
/// a question about access only then. The panel stays until its document goes, and the listener with it.
pub fn on_action(mut act: impl FnMut(&str) + 'static) -> Result<(), JsValue> {
    let clicked = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        // What has to wait for something that is under way cannot be pressed.
        let button = target.filter(|element| !element.has_attribute("aria-disabled"));
        if let Some(action) = button.and_then(|element| element.get_attribute("data-action")) {
            act(&action);
        }
    });
    let added = document()?.add_event_listener_with_callback("click", clicked.as_ref().unchecked_ref());
    clicked.forget();
    added
}

/// Calls back with the name of a part that the reader opened or closed, and whether it is open now.
pub fn on_toggled(mut toggled: impl FnMut(String, bool) + 'static) -> Result<(), JsValue> {
    let listener = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if let Some(element) = target
            && let Some(name) = element.get_attribute(tree::NAMED_OPENING)
        {
            toggled(name, element.has_attribute("open"));
        }
    });
    // The event does not bubble; it is seen on its way down.
    let function = listener.as_ref().unchecked_ref();
    let added = document()?.add_event_listener_with_callback_and_bool("toggle", function, true);
    listener.forget();
    added
}

/// Calls back with the country that the reader chose.
pub fn on_country(mut chosen: impl FnMut(String) + 'static) -> Result<(), JsValue> {
    let listener = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let Some(list) = target else { return };
        if list.get_attribute("data-action").as_deref() == Some(records::CHOOSE_COUNTRY)
            && let Some(value) = js_sys::Reflect::get(&list, &"value".into()).ok().and_then(|value| value.as_string())
        {
            chosen(value);
        }
    });
    let added = document()?.add_event_listener_with_callback("change", listener.as_ref().unchecked_ref());
    listener.forget();
    added
}

/// Makes the page agree with a tree.
pub fn show(tree: &Element, title: &str, lang: Lang) -> Result<(), JsValue> {
    let document = document()?;
    document.set_title(title);
    if let Some(root) = document.document_element() {
        root.set_attribute("lang", lang.tag())?;
        // A page in a tab may be as wide as the tab, a popup chooses its width itself.
        let search = document.location().map_or(Ok(String::new()), |location| location.search())?;
        root.set_attribute("data-surface", if search.starts_with("?tab=") { "tab" } else { "popup" })?;
    }
    let main = document.get_element_by_id("panel").ok_or("the page has no place for the panel")?;
    let focused = document.active_element();
    agree(&document, &main, tree)?;
    // Who stood in a part that is gone hears what came of it, and does not begin the page anew.
    if focused.is_some_and(|focused| !focused.is_connected())
        && let Some(status) = document.query_selector("[role=status]")?
    {
        status.unchecked_into::<HtmlElement>().focus()?;
    }
    Ok(())
}

fn document() -> Result<Document, JsValue> {
    web_sys::window().and_then(|window| window.document()).ok_or_else(|| "there is no document".into())
}

/// Makes an element agree with its counterpart in the tree.
fn agree(document: &Document, element: &web_sys::Element, wanted: &Element) -> Result<(), JsValue> {
    for name in element.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        if wanted.attribute(&name).is_none() && !READERS.contains(&name.as_str()) {
            element.remove_attribute(&name)?;
        }
    }
    for (name, value) in &wanted.attributes {
        if element.get_attribute(name).as_ref() != Some(value) {
            element.set_attribute(name, value)?;
        }
    }
    let mut next = element.first_child();
    for child in &wanted.children {
        // What stands before the next counterpart is no longer wanted; nothing is moved, for moving loses the focus.
        let mut found = next.clone();
        while let Some(node) = &found
            && !is_counterpart(node, child)
        {
            found = node.next_sibling();
        }
        match found {
            Some(node) => {
                while let Some(before) = next.take_if(|before| !before.is_same_node(Some(&node))) {
                    next = before.next_sibling();
                    element.remove_child(&before)?;
                }
                next = node.next_sibling();
                match child {
                    Node::Text(text) if node.node_value().as_ref() != Some(text) => node.set_node_value(Some(text)),
                    Node::Text(_) => {}
                    Node::Element(wanted) => agree(document, node.unchecked_ref(), wanted)?,
                }
            }
            None => {
                element.insert_before(&make(document, child)?, next.as_ref())?;
            }
        }
    }
    while let Some(node) = next {
        next = node.next_sibling();
        element.remove_child(&node)?;
    }
    Ok(())
}

/// May this node become that part of the tree by changing its attributes and children?
fn is_counterpart(node: &web_sys::Node, wanted: &Node) -> bool {
    match (wanted, node.dyn_ref::<web_sys::Element>()) {
        (Node::Text(_), None) => node.node_type() == web_sys::Node::TEXT_NODE,
        (Node::Element(wanted), Some(element)) => {
            element.local_name() == wanted.tag
                && NAMES.iter().all(|name| element.get_attribute(name).as_deref() == wanted.attribute(name))
        }
        _ => false,
    }
}

fn make(document: &Document, wanted: &Node) -> Result<web_sys::Node, JsValue> {
    match wanted {
        Node::Text(text) => Ok(document.create_text_node(text).into()),
        Node::Element(wanted) => {
            let element = document.create_element(wanted.tag)?;
            agree(document, &element, wanted)?;
            Ok(element.into())
        }
    }
}
