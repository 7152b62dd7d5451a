using System.Text;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Decant.Decoding;

namespace Decant.Benchmarks;

/// <summary>The command that builds a <see cref="RetrievalStore"/>: every file is one text, in the tokens of a model.</summary>
internal static class BuildStore
{
    private const int Width = 30;
    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    public static Task RunAsync(string[] args)
    {
        var (inputs, output, model) = Parse(args);
        var tokenizer = TextTokenizer.Load(model);
        var builder = new RetrievalStoreBuilder(VocabularyId.Of(tokenizer));
        for (var i = 0; i < inputs.Count; i++)
        {
            builder.Add(tokenizer.Encode(Read(inputs[i]), addSpecialTokens: false));
            Draw("reading", (i + 1.0) / inputs.Count);
        }

        builder.Write(output, new Bar());
        Console.WriteLine($"{output}: {builder.Count - inputs.Count} tokens of {inputs.Count} texts, {new FileInfo(output).Length / 1e6:0.0} MB");
        return Task.CompletedTask;
    }

    private static (List<string> Inputs, string Output, string Model) Parse(string[] args)
    {
        var paths = args.ToList();
        var model = EmbeddedModels.Folder(EmbeddedModels.Tiny);
        if (paths.IndexOf("--model") is var at and >= 0)
        {
            if (at + 1 == paths.Count) throw new ArgumentException("--model needs a folder.");
            model = paths[at + 1];
            paths.RemoveRange(at, 2);
        }

        if (paths.Count < 2) throw new ArgumentException("build-store needs at least one text file or folder, and the file to write.");
        if (Directory.Exists(paths[^1])) throw new ArgumentException($"{paths[^1]} is a folder: name the file to write last.");
        var inputs = new List<string>();
        foreach (var path in paths[..^1])
        {
            if (Directory.Exists(path)) inputs.AddRange(Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
            else if (File.Exists(path)) inputs.Add(path);
            else throw new ArgumentException($"There is no file or folder {path}.");
        }

        // A store that is built anew beside its texts is none of them.
        inputs.RemoveAll(input => Path.GetFullPath(input) == Path.GetFullPath(paths[^1]));
        return inputs.Count > 0 ? (inputs, paths[^1], model) : throw new ArgumentException("The folders are empty: there is nothing to build a store of.");
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path, _strict);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"{path} is not text in UTF-8. Convert it, or leave it out.");
        }
    }

    private static void Draw(string title, double part)
    {
        if (Console.IsErrorRedirected) return;
        var filled = (int)(Width * part);
        Console.Error.Write($"\r{title} [{new string('#', filled)}{new string('.', Width - filled)}] {100 * part,3:0}%{(part >= 1 ? Environment.NewLine : "")}");
    }

    private sealed class Bar : IProgress<double>
    {
        private double _last;

        // Sorting and writing both end with the whole.
        public void Report(double value)
        {
            if (value > _last) Draw("sorting", _last = value);
        }
    }
}
