//! The `view!` of the app: the syntax of Leptos's macro, for data instead of types. Leptos gives each element a type of its own, made of the types of its
//! attributes and children, and the compiler makes the code that draws it anew for each: half of the app. Here it is a text that one interpreter
//! (`app/src/shape`) follows, and what a view adds to the app is that text, and the code for what is not always the same.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeElement};
use syn::{Expr, ExprLit, Lit, LitStr, Stmt, spanned::Spanned};

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

/// A template: its steps as one text, a line each, and the code that fills its holes. What is the same whenever it is drawn needs no code.
fn element(node: &Element) -> syn::Result<TokenStream> {
    let mut template = Template::default();
    template.open(node)?;
    let (steps, holes) = (template.steps.join("\n"), template.holes);
    if holes.is_empty() {
        return Ok(quote!(crate::shape::Part::from(crate::shape::Template::new(#steps))));
    }
    Ok(quote!({
        let mut template = crate::shape::Template::new(#steps);
        #(#holes)*
        crate::shape::Part::from(template)
    }))
}

#[derive(Default)]
struct Template {
    steps: Vec<String>,
    holes: Vec<TokenStream>,
}

impl Template {
    fn open(&mut self, node: &Element) -> syn::Result<()> {
        self.steps.push(format!("<{}", node.name()));
        for attribute in node.attributes() {
            let attribute = keyed(attribute)?;
            let key = attribute.key.to_string();
            match attribute.value() {
                None => self.steps.push(format!("={key} ")),
                Some(Expr::Lit(ExprLit { lit: Lit::Str(value), .. })) => {
                    self.steps.push(format!("={key} {}", line(value)?));
                }
                Some(value) => match key.strip_prefix("on:") {
                    Some(event) => {
                        self.steps.push(format!("!{event}"));
                        let event = format_ident!("{event}");
                        self.holes.push(quote!(template.on(::leptos::ev::#event, #value);));
                    }
                    None => {
                        self.steps.push(format!("@{key}"));
                        self.holes.push(quote!(template.set(#value);));
                    }
                },
            }
        }
        for child in &node.children {
            match child {
                Node::Element(child) if !is_component(child) => self.open(child)?,
                Node::Text(text) => self.steps.push(format!("\"{}", line(&text.value)?)),
                _ => {
                    self.steps.push("{".into());
                    let child = part(child)?;
                    self.holes.push(quote!(template.add(#child);));
                }
            }
        }
        self.steps.push(">".into());
        Ok(())
    }
}

/// A text that is part of a step.
fn line(text: &LitStr) -> syn::Result<String> {
    let line = text.value();
    if line.contains('\n') {
        Err(syn::Error::new(text.span(), "it has to stand in one line"))
    } else {
        Ok(line)
    }
}
