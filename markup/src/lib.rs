//! The `view!` of the app: the syntax of Leptos's macro, for data instead of types. Leptos gives each element a type of its own, made of the types of its
//! attributes and children, and the compiler makes the code that draws it anew for each: half of the app. Here an element is a value that one interpreter
//! (`app/src/shape`) draws, and what a view adds to the app is the list of what stands in it.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeElement};
use syn::{Expr, ExprLit, Lit, Stmt, spanned::Spanned};

type Element = NodeElement<rstml::Infallible>;

/// A `Part` of the page from markup. Elements, quoted text and `{blocks}` are its children; attributes are literals or expressions; `on:<event>` takes what is
/// done; `prop:<name>` sets a property of the element; `<Component prop=value />` calls a Leptos component that gives a `Part`.
#[proc_macro]
pub fn view(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let nodes = match rstml::parse2(tokens.into()) {
        Ok(nodes) => nodes,
        Err(error) => return error.to_compile_error().into(),
    };
    let drawn: Result<Vec<_>, _> = nodes.iter().map(part).collect();
    match drawn {
        Ok(mut parts) if parts.len() == 1 => parts.remove(0),
        Ok(parts) => quote!(crate::shape::Part::many(vec![#(#parts),*])),
        Err(error) => error.to_compile_error(),
    }
    .into()
}

/// The expression that makes a part.
fn part(node: &Node) -> syn::Result<TokenStream> {
    match node {
        Node::Text(text) => {
            let text = &text.value;
            Ok(quote!(crate::shape::IntoPart::into_part(#text)))
        }
        Node::Block(block) => {
            let value = match block.try_block().map(|block| block.stmts.as_slice()) {
                Some([Stmt::Expr(value, None)]) => value.to_token_stream(),
                _ => block.to_token_stream(),
            };
            Ok(quote!(crate::shape::IntoPart::into_part(#value)))
        }
        Node::Element(node) if is_component(node) => component(node),
        Node::Element(node) => element(node),
        other => Err(syn::Error::new(other.span(), "only elements, quoted text and blocks stand here")),
    }
}

fn is_component(node: &Element) -> bool {
    node.name().to_string().starts_with(|first: char| first.is_ascii_uppercase())
}

fn keyed(attribute: &NodeAttribute) -> syn::Result<&KeyedAttribute> {
    match attribute {
        NodeAttribute::Attribute(attribute) => Ok(attribute),
        NodeAttribute::Block(block) => Err(syn::Error::new(block.span(), "an attribute has a name")),
    }
}

fn component(node: &Element) -> syn::Result<TokenStream> {
    if let Some(child) = node.children.first() {
        return Err(syn::Error::new(child.span(), "a component has no children: give it a prop"));
    }
    let name = node.name();
    let mut props = quote!(::leptos::component::component_props_builder(&#name));
    for attribute in node.attributes() {
        let attribute = keyed(attribute)?;
        let key = &attribute.key;
        let value = attribute.value().map_or_else(|| key.to_token_stream(), ToTokens::to_token_stream);
        props = quote!(#props.#key(#value));
    }
    Ok(quote!(::leptos::component::component_view(&#name, #props.build())))
}

fn element(node: &Element) -> syn::Result<TokenStream> {
    let tag = node.name().to_string();
    // What is the same whenever it is drawn is data, and needs no code.
    let (mut fixed, mut made) = (Vec::new(), Vec::new());
    for attribute in node.attributes() {
        let attribute = keyed(attribute)?;
        let key = attribute.key.to_string();
        match attribute.value() {
            None => fixed.push(quote!((#key, ""))),
            Some(Expr::Lit(ExprLit { lit: Lit::Str(value), .. })) => fixed.push(quote!((#key, #value))),
            Some(value) => match key.strip_prefix("on:") {
                Some(event) => {
                    let event = format_ident!("{event}");
                    made.push(quote!(element.on(::leptos::ev::#event, #value);));
                }
                None => made.push(quote!(element.set(#key, #value);)),
            },
        }
    }
    let children = node.children.iter().map(part).collect::<syn::Result<Vec<_>>>()?;
    if made.is_empty() && children.is_empty() {
        return Ok(quote!(crate::shape::Part::from(crate::shape::Element::new(#tag, &[#(#fixed),*]))));
    }
    Ok(quote!({
        let mut element = crate::shape::Element::new(#tag, &[#(#fixed),*]);
        #(#made)*
        #(element.add(#children);)*
        crate::shape::Part::from(element)
    }))
}
