//! One wasm module in two files: what the background needs each time it wakes, and the rest.
//!
//! A browser compiles the whole of a file before it runs any of it, so what only pages and updates use must not
//! stand in the file that the label waits for; and what both use must not be packed twice. The linker can note which
//! functions and data each function mentions, those included whose address it takes (`--emit-relocs`). So what the
//! first file can ever reach is known, not guessed. The second one takes the first one's functions, memory, tables
//! and globals as imports, and puts its own functions into the places of the table that the first leaves empty.
//!
//! <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>

use crate::Failure;
use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    FunctionSection, ImportSection, Module, RawSection, SectionId,
    reencode::{self, Reencode},
};
use wasmparser::{
    DataKind, Element, ElementItems, ElementKind, Export, ExternalKind, FunctionBody, GlobalType, Import, KnownCustom,
    Linking, MemoryType, Name, Operator, OperatorsReader, Parser, Payload, RelocationEntry, RelocationType, SymbolInfo,
    TableType, TypeRef, Validator,
};

/// The name by which the second file imports from the first.
pub const FIRST: &str = "first";

/// The name by which both import what the bindings bring.
const BROWSER: &str = "browser";

/// The module without what the linker noted for [`Reach::of`].
pub fn without_relocations(linked: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(linked) {
        let payload = payload?;
        let Some((id, range)) = payload.as_section() else { continue };
        let is_note = |name: &str| name == "linking" || name.starts_with("reloc.");
        if !matches!(&payload, Payload::CustomSection(section) if is_note(section.name())) {
            module.section(&RawSection { id, data: &linked[range] });
        }
    }
    Ok(module.finish())
}

/// What of a module matters here.
#[derive(Default)]
struct Parts<'a> {
    /// The sections whose bytes say nothing of functions or data: types, tables, memories, globals.
    plain: BTreeMap<u8, &'a [u8]>,
    imports: Vec<Import<'a>>,
    /// The types of its own functions, and their bodies.
    types: Vec<u32>,
    bodies: Vec<FunctionBody<'a>>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    globals: Vec<GlobalType>,
    exports: Vec<Export<'a>>,
    start: Option<u32>,
    elements: Vec<Element<'a>>,
    data: Vec<Segment<'a>>,
    names: BTreeMap<u32, &'a str>,
    // What only the linker leaves.
    code_starts: usize,
    data_starts: usize,
    symbols: Vec<SymbolInfo<'a>>,
    code_relocations: Vec<RelocationEntry>,
    data_relocations: Vec<RelocationEntry>,
}

/// A piece of the memory as it is at the beginning.
struct Segment<'a> {
    address: usize,
    bytes: &'a [u8],
    /// Where the bytes stand in the module.
    at: usize,
}

impl<'a> Parts<'a> {
    fn of(module: &'a [u8]) -> Result<Self, Failure> {
        let mut parts = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            if let Some((id, range)) = payload.as_section()
                && [SectionId::Type, SectionId::Table, SectionId::Memory, SectionId::Global]
                    .iter()
                    .any(|plain| *plain as u8 == id)
            {
                parts.plain.insert(id, &module[range]);
            }
            match payload {
                Payload::ImportSection(section) => parts.imports = section.into_imports().collect::<Result<_, _>>()?,
                Payload::FunctionSection(section) => parts.types = section.into_iter().collect::<Result<_, _>>()?,
                Payload::TableSection(section) => {
                    parts.tables = section.into_iter().map(|table| Ok(table?.ty)).collect::<Result<_, Failure>>()?;
                }
                Payload::MemorySection(section) => parts.memories = section.into_iter().collect::<Result<_, _>>()?,
                Payload::GlobalSection(section) => {
                    for global in section {
                        let global = global?;
                        if operators(global.init_expr.get_operators_reader())?.iter().any(|o| mentioned(o).is_some()) {
                            return Err("a global of the module names a function".into());
                        }
                        parts.globals.push(global.ty);
                    }
                }
                Payload::ExportSection(section) => parts.exports = section.into_iter().collect::<Result<_, _>>()?,
                Payload::StartSection { func, .. } => parts.start = Some(func),
                Payload::ElementSection(section) => parts.elements = section.into_iter().collect::<Result<_, _>>()?,
                Payload::CodeSectionStart { range, .. } => parts.code_starts = range.start,
                Payload::CodeSectionEntry(body) => parts.bodies.push(body),
                Payload::DataSection(section) => {
                    parts.data_starts = section.range().start;
                    for data in section {
                        let data = data?;
                        let DataKind::Active { memory_index: 0, offset_expr } = data.kind else {
                            return Err("the module fills its memory in a form that is not known here".into());
                        };
                        let (address, at) = (number(&offset_expr)?, data.range.end - data.data.len());
                        parts.data.push(Segment { address, bytes: data.data, at });
                    }
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Name(names) => {
                        for name in names {
                            let Name::Function(functions) = name? else { continue };
                            for naming in functions {
                                let naming = naming?;
                                parts.names.insert(naming.index, naming.name);
                            }
                        }
                    }
                    KnownCustom::Linking(notes) => {
                        for note in notes {
                            let Linking::SymbolTable(table) = note? else { continue };
                            parts.symbols = table.into_iter().collect::<Result<_, _>>()?;
                        }
                    }
                    KnownCustom::Reloc(relocations) => {
                        let entries = relocations.entries().into_iter().collect::<Result<_, _>>()?;
                        match section.name() {
                            "reloc.CODE" => parts.code_relocations = entries,
                            "reloc.DATA" => parts.data_relocations = entries,
                            _ => {}
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(parts)
    }

    fn imported(&self) -> u32 {
        self.imports.len() as u32
    }

    /// Its own functions, by their indices.
    fn own(&self) -> impl Iterator<Item = (u32, &FunctionBody<'a>)> {
        (self.imported()..).zip(&self.bodies)
    }

    fn name(&self, function: u32) -> &'a str {
        self.names.get(&function).copied().unwrap_or("a function without a name")
    }
}

/// A function, or a piece of data by its symbol.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Function(u32),
    Data(u32),
}

/// What the linker knew of a module's functions, by their names.
pub struct Reach {
    known: BTreeSet<String>,
    first: BTreeSet<String>,
    /// The places of the table of functions that the first file may call.
    table: BTreeSet<u32>,
    /// The addresses of the data that only the second file mentions.
    rest: BTreeSet<usize>,
}

/// The name of an export of ours, which the linker knew with a hash behind it; nothing if it is the bindings' own.
pub fn ours(name: &str) -> Option<&str> {
    let (name, end) = name.rsplit_once('_')?;
    (!name.starts_with("__") && is_hash(end)).then_some(name)
}

fn is_hash(end: &str) -> bool {
    end.len() == 16 && end.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Reach {
    /// Follows the relocations of a linked module from those of its exports that belong into the first file.
    pub fn of(linked: &[u8], is_first: impl Fn(&str) -> bool) -> Result<Self, Failure> {
        let parts = Parts::of(linked)?;
        if parts.code_relocations.is_empty() {
            return Err("the linker left no relocations in the module".into());
        }
        let item = |symbol: u32| match parts.symbols.get(symbol as usize) {
            Some(SymbolInfo::Func { index, .. }) => Some(Item::Function(*index)),
            Some(SymbolInfo::Data { symbol: Some(_), .. }) => Some(Item::Data(symbol)),
            _ => None,
        };
        // Where each piece of data lies in the module, and its address.
        let mut pieces: Vec<(Range<usize>, usize, Item)> = Vec::new();
        for (symbol, info) in (0..).zip(&parts.symbols) {
            let SymbolInfo::Data { symbol: Some(place), .. } = info else { continue };
            // What is zero at the beginning has no bytes.
            let Some(segment) = parts.data.get(place.index as usize) else { continue };
            let start = segment.at + place.offset as usize;
            let address = segment.address + place.offset as usize;
            pieces.push((start..start + place.size as usize, address, Item::Data(symbol)));
        }
        let exported = |export: &&Export| export.kind == ExternalKind::Func && is_first(export.name);
        let mut roots: Vec<Item> =
            parts.exports.iter().filter(exported).map(|export| Item::Function(export.index)).collect();
        let mut mentions: BTreeMap<Item, BTreeSet<Item>> = BTreeMap::new();
        // Who calls a function of JavaScript's hands over what its description mentions: closures, which are called back.
        let described = |name: &str| {
            let name = format!("__wbindgen_describe_{name}");
            parts.exports.iter().find(|export| export.name == name).map(|export| Item::Function(export.index))
        };
        for (function, import) in (0..).zip(&parts.imports) {
            mentions.entry(Item::Function(function)).or_default().extend(described(import.name));
        }
        for relocation in &parts.code_relocations {
            // The index of these is one of types.
            if relocation.ty == RelocationType::TypeIndexLeb {
                continue;
            }
            let Some(to) = item(relocation.index) else { continue };
            let at = parts.code_starts + relocation.offset as usize;
            let before = parts.bodies.partition_point(|body| body.range().end <= at);
            let body = parts.bodies.get(before).filter(|body| body.range().contains(&at));
            body.ok_or("a relocation of the code lies in no function")?;
            mentions.entry(Item::Function(parts.imported() + before as u32)).or_default().insert(to);
        }
        for relocation in &parts.data_relocations {
            let Some(to) = item(relocation.index) else { continue };
            let at = parts.data_starts + relocation.offset as usize;
            let from: Vec<Item> =
                pieces.iter().filter(|(range, ..)| range.contains(&at)).map(|(.., piece)| *piece).collect();
            // Whose it is, nobody can say: anybody's.
            if from.is_empty() {
                roots.push(to);
            }
            for piece in from {
                mentions.entry(piece).or_default().insert(to);
            }
        }
        let mut reached = BTreeSet::new();
        while let Some(item) = roots.pop() {
            if reached.insert(item) {
                roots.extend(mentions.get(&item).into_iter().flatten());
            }
        }
        let addresses = |is_reached: bool| -> BTreeSet<usize> {
            let pieces = pieces.iter().filter(|(.., piece)| reached.contains(piece) == is_reached);
            pieces.flat_map(|(range, address, _)| *address..address + range.len()).collect()
        };
        let is_reached = |function: u32| reached.contains(&Item::Function(function));
        let exported = parts.exports.iter().filter(|export| export.kind == ExternalKind::Func);
        let exported = exported.filter_map(|export| Some((ours(export.name)?, export.index)));
        let names = || parts.own().map(|(function, _)| (parts.name(function), function)).chain(exported.clone());
        let table = runs(&parts)?;
        let table = table.iter().flat_map(|(start, run)| (*start..).zip(run));
        Ok(Self {
            known: names().map(|(name, _)| name.to_owned()).collect(),
            first: names().filter(|(_, function)| is_reached(*function)).map(|(name, _)| name.to_owned()).collect(),
            table: table.filter(|(_, function)| is_reached(**function)).map(|(place, _)| place).collect(),
            rest: &addresses(false) - &addresses(true),
        })
    }
}

/// The two files, and the names that they bear in place of the bindings' own.
pub struct Split {
    pub files: [Vec<u8>; 2],
    /// What only the second one imports, and what it exports, by its new names.
    pub rest: BTreeSet<String>,
    /// The longest come first, for some begin as others do.
    pub names: Vec<(String, String)>,
}

/// Shorter names for what the bindings import and export: half of each is a hash, which no compression takes away.
fn shorter(parts: &Parts) -> BTreeMap<String, String> {
    let imported = parts.imports.iter().map(|import| match import.name.rsplit_once('_') {
        Some((name, end)) if is_hash(end) => (import.name, name),
        _ => (import.name, import.name),
    });
    // The functions by which closures are called bear the names of all their types.
    let exported =
        parts.exports.iter().filter(|export| export.name.starts_with("_R")).map(|export| (export.name, "call"));
    let mut names = BTreeMap::new();
    let mut taken: BTreeSet<String> = parts.exports.iter().map(|export| export.name.to_owned()).collect();
    for (long, short) in imported.chain(exported) {
        let mut name = short.to_owned();
        for number in 2.. {
            if taken.insert(name.clone()) {
                break;
            }
            name = format!("{short}_{number}");
        }
        names.insert(long.to_owned(), name);
    }
    names
}

/// Splits a module that was linked and has had its bindings made since, which changed the indices of its functions,
/// added some, and kept the names.
pub fn split(bound: &[u8], reach: &Reach) -> Result<Split, Failure> {
    let parts = Parts::of(bound)?;
    if parts.imports.iter().any(|import| !matches!(import.ty, TypeRef::Func(_))) {
        return Err("the module imports something else than functions".into());
    }
    if parts.start.is_some() {
        // It would run before the second file has filled its part of the memory.
        return Err("the module runs a function of its own accord".into());
    }
    let names = shorter(&parts);
    let [first, rest] = sides(&parts, reach)?;
    let files = [first_file(&parts, &names, [&first, &rest], reach)?, rest_file(&parts, &names, &rest, reach)?];
    for file in &files {
        Validator::new().validate_all(file)?;
    }
    let only_rest = rest.of_browser(&parts).filter(|function| !first.outside.contains(function));
    let only_rest = only_rest.map(|function| parts.imports[function as usize].name);
    let only_rest = only_rest.chain(rest.exports.iter().map(|export| export.name));
    let only_rest = only_rest.map(|name| name_of(&names, name).to_owned()).collect();
    let modules = parts.imports.iter().map(|import| (import.module.to_owned(), BROWSER.to_owned()));
    let mut names: Vec<_> = names.into_iter().chain(modules.collect::<BTreeMap<_, _>>()).collect();
    names.sort_by_key(|(long, _)| Reverse(long.len()));
    Ok(Split { files, rest: only_rest, names })
}

fn name_of<'n>(names: &'n BTreeMap<String, String>, name: &'n str) -> &'n str {
    names.get(name).map_or(name, String::as_str)
}

/// What goes into one of the files.
struct Side<'p, 'a> {
    own: Vec<u32>,
    /// Its places in the table of functions.
    runs: Vec<Run>,
    exports: Vec<&'p Export<'a>>,
    /// What it refers to besides its own functions.
    outside: BTreeSet<u32>,
}

impl Side<'_, '_> {
    /// What it takes from the bindings.
    fn of_browser(&self, parts: &Parts) -> impl Iterator<Item = u32> {
        self.outside.range(..parts.imported()).copied()
    }

    /// What it takes from the other file.
    fn of_first(&self, parts: &Parts) -> impl Iterator<Item = u32> {
        self.outside.range(parts.imported()..).copied()
    }
}

/// Who goes where: into the first file, into the second.
fn sides<'p, 'a>(parts: &'p Parts<'a>, reach: &Reach) -> Result<[Side<'p, 'a>; 2], Failure> {
    let mut calls: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for (function, body) in parts.own() {
        calls.insert(function, operators(body.get_operators_reader()?)?.iter().filter_map(mentioned).collect());
    }
    let runs = runs(parts)?;
    let [runs, runs_of_rest] =
        [true, false].map(|is_first| kept(&runs, |place| reach.table.contains(&place) == is_first));
    let rest = rest_of(parts, reach, &calls, &runs)?;
    let is_rest = |function: &u32| rest.contains(function);
    let is_exported_by_rest = |export: &&Export| export.kind == ExternalKind::Func && is_rest(&export.index);
    let side = |is_own: &dyn Fn(&u32) -> bool, runs: Vec<Run>, exports: Vec<&'p Export<'a>>| {
        let called = calls.iter().filter(|(function, _)| is_own(function)).flat_map(|(_, to)| to);
        let exported = exports.iter().filter(|export| export.kind == ExternalKind::Func).map(|export| &export.index);
        let referred = called.chain(exported).chain(runs.iter().flat_map(|(_, run)| run));
        let outside = referred.filter(|function| !is_own(function)).copied().collect();
        Side { own: calls.keys().filter(|function| is_own(function)).copied().collect(), runs, exports, outside }
    };
    let (exports_of_rest, exports) = parts.exports.iter().partition(is_exported_by_rest);
    let is_first = |function: &u32| *function >= parts.imported() && !is_rest(function);
    Ok([side(&is_first, runs, exports), side(&is_rest, runs_of_rest, exports_of_rest)])
}

/// The functions of the second file: those that the first was not seen to reach, and what the bindings have added to
/// call them or that nobody of the first file needs.
fn rest_of(
    parts: &Parts,
    reach: &Reach,
    calls: &BTreeMap<u32, BTreeSet<u32>>,
    runs_of_first: &[Run],
) -> Result<BTreeSet<u32>, Failure> {
    let is_known = |function: u32| parts.names.get(&function).is_some_and(|name| reach.known.contains(*name));
    let is_reached = |function: u32| reach.first.contains(parts.name(function));
    let mut rest: BTreeSet<u32> = calls.keys().copied().filter(|f| is_known(*f) && !is_reached(*f)).collect();
    // What the bindings have added goes with what it calls.
    loop {
        let calls_rest = |(function, to): &(&u32, &BTreeSet<u32>)| !rest.contains(function) && !to.is_disjoint(&rest);
        let added: Vec<u32> = calls.iter().filter(calls_rest).map(|(function, _)| *function).collect();
        if let Some(function) = added.iter().find(|function| is_known(**function)) {
            return Err(format!("`{}` calls what it was not seen to call", parts.name(*function)).into());
        }
        if added.is_empty() {
            break;
        }
        rest.extend(added);
    }
    let in_table = || runs_of_first.iter().flat_map(|(_, run)| run);
    if let Some(function) = in_table().find(|function| rest.contains(function)) {
        return Err(format!("`{}` is called by the table though it was not seen to be", parts.name(*function)).into());
    }
    // And what nobody of the first file calls, exports or puts into the table goes with the rest.
    let exported = parts.exports.iter().filter(|export| export.kind == ExternalKind::Func).map(|export| &export.index);
    let known = calls.keys().filter(|function| is_known(**function));
    let mut roots: Vec<u32> = in_table().chain(exported).chain(known).copied().collect();
    roots.retain(|function| !rest.contains(function));
    let mut first = BTreeSet::new();
    while let Some(function) = roots.pop() {
        if first.insert(function) {
            roots.extend(calls.get(&function).into_iter().flatten());
        }
    }
    rest.extend(calls.keys().filter(|function| !first.contains(*function)));
    Ok(rest)
}

/// The module that stands alone, and exports what the other file takes from it.
fn first_file(
    parts: &Parts,
    names: &BTreeMap<String, String>,
    [side, rest]: [&Side; 2],
    reach: &Reach,
) -> Result<Vec<u8>, Failure> {
    let mut indices = Indices::default();
    let imports = of_browser(parts, names, side, &mut indices);
    side.own.iter().for_each(|function| indices.add(*function));
    let mut exports = exported(&side.exports, names, &indices)?;
    for (place, function) in rest.of_first(parts).enumerate() {
        exports.export(&place.to_string(), ExportKind::Func, indices.of(function)?);
    }
    for (letter, kind, len) in [
        ('t', ExportKind::Table, parts.tables.len()),
        ('m', ExportKind::Memory, parts.memories.len()),
        ('g', ExportKind::Global, parts.globals.len()),
    ] {
        for index in 0..len as u32 {
            exports.export(&format!("{letter}{index}"), kind, index);
        }
    }
    let mut module = Module::new();
    plain(&mut module, parts, SectionId::Type);
    module.section(&imports);
    module.section(&functions(parts, &side.own));
    plain(&mut module, parts, SectionId::Table);
    plain(&mut module, parts, SectionId::Memory);
    plain(&mut module, parts, SectionId::Global);
    module.section(&exports);
    module.section(&elements(&side.runs, &indices)?);
    module.section(&code(parts, &side.own, &mut indices)?);
    module.section(&data(parts, |address| !reach.rest.contains(&address)));
    Ok(module.finish())
}

/// The module that takes functions, table, memory and globals from the first.
fn rest_file(parts: &Parts, names: &BTreeMap<String, String>, side: &Side, reach: &Reach) -> Result<Vec<u8>, Failure> {
    let mut indices = Indices::default();
    let mut imports = of_browser(parts, names, side, &mut indices);
    for (place, function) in side.of_first(parts).enumerate() {
        imports.import(FIRST, &place.to_string(), type_of(parts, function));
        indices.add(function);
    }
    let mut types = reencode::RoundtripReencoder;
    for (index, table) in parts.tables.iter().enumerate() {
        imports.import(FIRST, &format!("t{index}"), types.table_type(*table).map_err(told)?);
    }
    for (index, memory) in parts.memories.iter().enumerate() {
        imports.import(FIRST, &format!("m{index}"), types.memory_type(*memory).map_err(told)?);
    }
    for (index, global) in parts.globals.iter().enumerate() {
        imports.import(FIRST, &format!("g{index}"), types.global_type(*global).map_err(told)?);
    }
    side.own.iter().for_each(|function| indices.add(*function));
    let mut module = Module::new();
    plain(&mut module, parts, SectionId::Type);
    module.section(&imports);
    module.section(&functions(parts, &side.own));
    module.section(&exported(&side.exports, names, &indices)?);
    module.section(&elements(&side.runs, &indices)?);
    module.section(&code(parts, &side.own, &mut indices)?);
    module.section(&data(parts, |address| reach.rest.contains(&address)));
    Ok(module.finish())
}

fn type_of(parts: &Parts, function: u32) -> EntityType {
    match function.checked_sub(parts.imported()) {
        Some(own) => EntityType::Function(parts.types[own as usize]),
        None => match parts.imports[function as usize].ty {
            TypeRef::Func(ty) => EntityType::Function(ty),
            _ => unreachable!("the module imports nothing but functions"),
        },
    }
}

/// What a file takes from the bindings, which comes first in it.
fn of_browser(parts: &Parts, names: &BTreeMap<String, String>, side: &Side, indices: &mut Indices) -> ImportSection {
    let mut imports = ImportSection::new();
    for function in side.of_browser(parts) {
        let name = parts.imports[function as usize].name;
        imports.import(BROWSER, name_of(names, name), type_of(parts, function));
        indices.add(function);
    }
    imports
}

/// The functions' new indices in one of the files.
#[derive(Default)]
struct Indices(BTreeMap<u32, u32>);

impl Indices {
    fn add(&mut self, function: u32) {
        let next = self.0.len() as u32;
        self.0.insert(function, next);
    }

    fn of(&self, function: u32) -> Result<u32, String> {
        self.0.get(&function).copied().ok_or_else(|| format!("function {function} is in neither file"))
    }
}

impl Reencode for Indices {
    type Error = String;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error<String>> {
        self.of(function).map_err(reencode::Error::UserError)
    }
}

fn told(error: impl std::fmt::Display) -> Failure {
    error.to_string().into()
}

/// A function that an operator calls or takes the address of.
fn mentioned(operator: &Operator) -> Option<u32> {
    match operator {
        Operator::Call { function_index }
        | Operator::ReturnCall { function_index }
        | Operator::RefFunc { function_index } => Some(*function_index),
        _ => None,
    }
}

fn operators(reader: OperatorsReader) -> Result<Vec<Operator>, Failure> {
    Ok(reader.into_iter().collect::<Result<_, _>>()?)
}

/// A place in a table or in the memory.
fn number(place: &wasmparser::ConstExpr) -> Result<usize, Failure> {
    match operators(place.get_operators_reader())?[..] {
        [Operator::I32Const { value }, Operator::End] => Ok(usize::try_from(value)?),
        _ => Err("the module fills a table or its memory from a place that is not a number".into()),
    }
}

/// Where some functions stand in the table one behind the other, and which.
type Run = (u32, Vec<u32>);

/// What stands in the table of functions.
fn runs(parts: &Parts) -> Result<Vec<Run>, Failure> {
    let mut runs = Vec::new();
    for element in &parts.elements {
        let (ElementKind::Active { table_index: None | Some(0), offset_expr }, ElementItems::Functions(functions)) =
            (&element.kind, &element.items)
        else {
            return Err("the module fills a table in a form that is not known here".into());
        };
        runs.push((number(offset_expr)? as u32, functions.clone().into_iter().collect::<Result<_, _>>()?));
    }
    Ok(runs)
}

/// The functions of the runs at these places, as runs again.
fn kept(runs: &[Run], is_kept: impl Fn(u32) -> bool) -> Vec<Run> {
    let mut kept: Vec<Run> = Vec::new();
    for (place, function) in runs.iter().flat_map(|(start, run)| (*start..).zip(run)) {
        if !is_kept(place) {
            continue;
        }
        match kept.last_mut() {
            Some((start, run)) if *start + run.len() as u32 == place => run.push(*function),
            _ => kept.push((place, vec![*function])),
        }
    }
    kept
}

fn plain(module: &mut Module, parts: &Parts, id: SectionId) {
    if let Some(data) = parts.plain.get(&(id as u8)) {
        module.section(&RawSection { id: id as u8, data });
    }
}

fn functions(parts: &Parts, own: &[u32]) -> FunctionSection {
    let mut section = FunctionSection::new();
    own.iter().for_each(|function| _ = section.function(parts.types[(function - parts.imported()) as usize]));
    section
}

fn exported(
    exports: &[&Export],
    names: &BTreeMap<String, String>,
    indices: &Indices,
) -> Result<ExportSection, Failure> {
    let mut section = ExportSection::new();
    for export in exports {
        let (kind, index) = match export.kind {
            ExternalKind::Func => (ExportKind::Func, indices.of(export.index)?),
            ExternalKind::Table => (ExportKind::Table, export.index),
            ExternalKind::Memory => (ExportKind::Memory, export.index),
            ExternalKind::Global => (ExportKind::Global, export.index),
            _ => return Err(format!("`{}` is exported in a form that is not known here", export.name).into()),
        };
        section.export(name_of(names, export.name), kind, index);
    }
    Ok(section)
}

fn elements(runs: &[Run], indices: &Indices) -> Result<ElementSection, Failure> {
    let mut section = ElementSection::new();
    for (start, run) in runs {
        let functions: Vec<u32> = run.iter().map(|function| indices.of(*function)).collect::<Result<_, _>>()?;
        section.active(None, &ConstExpr::i32_const(*start as i32), Elements::Functions(Cow::Owned(functions)));
    }
    Ok(section)
}

fn code(parts: &Parts, own: &[u32], indices: &mut Indices) -> Result<CodeSection, Failure> {
    let mut section = CodeSection::new();
    for function in own {
        let body = parts.bodies[(function - parts.imported()) as usize].clone();
        indices.parse_function_body(&mut section, body).map_err(told)?;
    }
    Ok(section)
}

/// The bytes at these addresses. Zeros need not be told, and a few of them less than a piece of its own.
fn data(parts: &Parts, is_told: impl Fn(usize) -> bool) -> DataSection {
    const APART: usize = 8;
    let mut section = DataSection::new();
    for Segment { address, bytes, .. } in &parts.data {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (place, byte) in bytes.iter().enumerate() {
            if *byte == 0 || !is_told(address + place) {
                continue;
            }
            match runs.last_mut() {
                // Of what lies between, the other file tells what is not zero.
                Some(run) if place - run.end < APART && (run.end..place).all(|between| bytes[between] == 0) => {
                    run.end = place + 1
                }
                _ => runs.push(place..place + 1),
            }
        }
        for run in runs {
            let place = ConstExpr::i32_const((address + run.start) as i32);
            section.active(0, &place, bytes[run].iter().copied());
        }
    }
    section
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CustomSection, DataSymbolDefinition, Function, LinkingSection, MemorySection, NameMap, NameSection, RefType,
        SymbolTable, TableSection, TypeSection,
    };

    /// The names of functions, from this index on.
    fn named(first: u32, names: &[&str]) -> NameSection {
        let mut map = NameMap::new();
        (first..).zip(names).for_each(|(index, name)| map.append(index, name));
        let mut section = NameSection::new();
        section.functions(&map);
        section
    }

    /// A module in which `start` calls `shared`; `panel` calls `shared` and the browser, and is called from outside by
    /// a function that the bindings added. Of the memory, `panel` alone mentions what stands from 18 on.
    fn module() -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        module.section(&types);
        let mut imports = ImportSection::new();
        imports.import("./served_by_bg.js", "__wbg_then_0123456789abcdef", EntityType::Function(0));
        module.section(&imports);
        let mut functions = FunctionSection::new();
        (0..4).for_each(|_| _ = functions.function(0));
        module.section(&functions);
        let mut tables = TableSection::new();
        tables.table(wasm_encoder::TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 3,
            maximum: Some(3),
            shared: false,
        });
        module.section(&tables);
        let mut memories = MemorySection::new();
        memories.memory(wasm_encoder::MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
        let mut exports = ExportSection::new();
        exports.export("start", ExportKind::Func, 1);
        exports.export("panel", ExportKind::Func, 4);
        module.section(&exports);
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(1), Elements::Functions(Cow::Borrowed(&[2, 3])));
        module.section(&elements);
        let mut code = CodeSection::new();
        for calls in [&[2][..], &[], &[2, 0], &[3]] {
            let mut function = Function::new([]);
            calls.iter().for_each(|callee| _ = function.instructions().call(*callee));
            function.instructions().end();
            code.function(&function);
        }
        module.section(&code);
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(16), *b"abcd");
        module.section(&data);
        module.section(&named(1, &["start", "shared", "panel"]));
        module.finish()
    }

    fn reach(first: &[&str]) -> Reach {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Reach {
            known: set(&["start", "shared", "panel"]),
            first: set(first),
            table: BTreeSet::from([1]),
            rest: (18..20).collect(),
        }
    }

    #[test]
    fn each_function_and_each_byte_stands_in_one_file() {
        let split = split(&module(), &reach(&["start", "shared"])).expect("the module can be split");
        let [first, rest] = split.files.each_ref().map(|file| Parts::of(file).expect("it is a module"));
        let imports = |parts: &Parts| -> Vec<(String, String)> {
            parts.imports.iter().map(|import| (import.module.to_owned(), import.name.to_owned())).collect()
        };
        assert_eq!((first.bodies.len(), rest.bodies.len()), (2, 2));
        assert_eq!(imports(&first), []);
        let exports: Vec<_> = first.exports.iter().map(|export| export.name).collect();
        assert_eq!(exports, ["start", "0", "t0", "m0"]);
        assert_eq!(runs(&first).unwrap(), [(1, vec![1])], "`shared`, and an empty place");
        assert_eq!((first.data[0].address, first.data[0].bytes), (16, &b"ab"[..]));
        assert_eq!((rest.data[0].address, rest.data[0].bytes), (18, &b"cd"[..]));
        assert_eq!(split.rest, ["__wbg_then", "panel"].map(str::to_owned).into());
        let renamed = |long: &str| split.names.iter().find(|(name, _)| name == long).map(|(_, short)| short.as_str());
        assert_eq!(renamed("__wbg_then_0123456789abcdef"), Some("__wbg_then"));
    }

    #[test]
    fn who_is_called_without_having_been_seen_ends_the_build() {
        let error = split(&module(), &reach(&["start"])).err().expect("`start` calls `shared`");
        assert_eq!(error.to_string(), "`start` calls what it was not seen to call");
    }

    /// Three functions: `start` mentions data that holds the address of the second, and nobody mentions the third.
    fn linked() -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        module.section(&types);
        let mut functions = FunctionSection::new();
        (0..3).for_each(|_| _ = functions.function(0));
        module.section(&functions);
        let mut exports = ExportSection::new();
        exports.export("start_0123456789abcdef", ExportKind::Func, 0);
        module.section(&exports);
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(1), Elements::Functions(Cow::Borrowed(&[1, 2])));
        module.section(&elements);
        let mut code = CodeSection::new();
        for mentions in [true, false, false] {
            let mut function = Function::new([]);
            if mentions {
                function.instructions().i32_const(16).drop();
            }
            function.instructions().end();
            code.function(&function);
        }
        module.section(&code);
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(16), *b"\x01\0\0\0rest");
        module.section(&data);
        let mut symbols = SymbolTable::new();
        for (index, name) in (0..).zip(["start", "called back", "nobody's"]) {
            symbols.function(0, index, Some(name));
        }
        symbols.data(0, "methods", Some(DataSymbolDefinition { index: 0, offset: 0, size: 4 }));
        symbols.data(0, "nobody's text", Some(DataSymbolDefinition { index: 0, offset: 4, size: 4 }));
        let mut notes = LinkingSection::new();
        notes.symbol_table(&symbols);
        module.section(&notes);
        // Section, one entry: kind, place in the section, symbol, and what is to be added.
        for (name, entry) in [("reloc.CODE", &[4, 1, 4, 4, 3, 0][..]), ("reloc.DATA", &[5, 1, 2, 6, 1][..])] {
            module.section(&CustomSection { name: name.into(), data: entry.into() });
        }
        module.section(&named(0, &["start", "called back", "nobody's"]));
        module.finish()
    }

    #[test]
    fn who_is_called_back_belongs_to_those_who_hold_the_address() {
        let reach = Reach::of(&linked(), |name| ours(name) == Some("start")).expect("the notes can be read");
        assert_eq!(reach.first, ["called back", "start"].map(str::to_owned).into());
        assert_eq!(reach.known, ["called back", "nobody's", "start"].map(str::to_owned).into());
        assert_eq!(reach.table, BTreeSet::from([1]));
        assert_eq!(reach.rest, (20..24).collect());
    }

    #[test]
    fn a_module_without_relocations_cannot_be_followed() {
        let error = Reach::of(&module(), |name| name == "start").err().expect("the linker left nothing");
        assert_eq!(error.to_string(), "the linker left no relocations in the module");
    }
}
