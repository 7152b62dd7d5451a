using System.CommandLine;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Decant.Decoding;

namespace Decant.Tool;

/// <summary><c>decant corpus</c>: stores of texts that the <c>retrieval</c> drafter copies from.</summary>
internal sealed class CorpusCommand : Command
{
    public CorpusCommand(ToolConsole console)
        : base("corpus", "Build and look into stores of texts that drafts are copied from (speculation of the kind retrieval).")
    {
        Add(new BuildCommand(console));
        Add(new InfoCommand(console));
    }

    private sealed class BuildCommand : ToolCommand
    {
        private readonly Argument<string[]> _inputs = new("FILE") { Description = "Text files in UTF-8, or folders of them: every file is one text", Arity = ArgumentArity.OneOrMore };
        private readonly Option<string> _output = new("--output", "-o") { Description = "The store to write", HelpName = "STORE", Required = true };
        private readonly Option<string> _model = new("--model", "-m") { Description = "The model whose tokens it is of. Default: the environment's DECANT_MODEL, else decant-tiny", HelpName = "FOLDER" };

        public BuildCommand(ToolConsole console)
            : base("build", "Build a store.")
        {
            Add(_inputs);
            Add(_output);
            Add(_model);
            SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, console, cancellationToken)));
        }

        public override string Examples => """
            decant corpus build notes.txt manuals/ -o texts.store
            decant corpus build manuals/ -o texts.store --model FOLDER
            """;

        private int Run(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
        {
            var output = parsed.GetValue(_output)!;
            var folder = EmbeddedModels.Resolve(parsed.GetValue(_model) ?? ModelOptions.DefaultFolder);
            var inputs = CorpusBuilder.Find(parsed.GetValue(_inputs)!, output);
            var tokenizer = TextTokenizer.Load(folder);
            var builder = new RetrievalStoreBuilder(VocabularyId.Of(tokenizer));
            using (var progress = new ProgressBar("Reading", console)) CorpusBuilder.Add(builder, inputs, tokenizer, progress, cancellationToken);
            using (var progress = new ProgressBar("Sorting", console)) builder.Write(output, progress, cancellationToken);
            console.Output.WriteLine($"{output}: {Amount.Count(builder.Count - inputs.Count)} tokens of {Amount.Count(inputs.Count)} texts, {Amount.Bytes(new FileInfo(output).Length)}");
            return DecantTool.Success;
        }
    }

    private sealed class InfoCommand : ToolCommand
    {
        private readonly Argument<string> _store = new("STORE") { Description = "A store that decant corpus build wrote" };
        private readonly Option<bool> _json = ToolJson.Option();

        public InfoCommand(ToolConsole console)
            : base("info", "Check a store and tell what is in it.")
        {
            Add(_store);
            Add(_json);
            SetAction(parsed => Run(parsed, console));
        }

        public override string Examples => "decant corpus info texts.store";

        private int Run(ParseResult parsed, ToolConsole console)
        {
            var path = parsed.GetValue(_store)!;
            using var store = RetrievalStore.Open(path);
            var info = new { Path = path, Bytes = new FileInfo(path).Length, Tokens = store.TokenCount, Texts = store.TextCount, Vocabulary = store.Vocabulary.Count, VocabularyChecksum = $"{store.Vocabulary.Checksum:x16}" };
            var model = EmbeddedModels.Names.FirstOrDefault(name => VocabularyId.Of(TextTokenizer.Load(EmbeddedModels.Folder(name))) == store.Vocabulary);
            console.Output.WriteLine(parsed.GetValue(_json)
                ? ToolJson.Write(info)
                : $"{path}: {Amount.Count(info.Tokens)} tokens of {Amount.Count(info.Texts)} texts, {Amount.Bytes(info.Bytes)}, undamaged\nvocabulary of {Amount.Count(info.Vocabulary)} tokens, checksum {info.VocabularyChecksum}{(model is null ? "" : $" (that of {model})")}");
            return DecantTool.Success;
        }
    }
}
