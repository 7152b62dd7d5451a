using System.Text;
using Decant.Connectors.Text;
using Decant.Decoding;

namespace Decant.Tool;

/// <summary>Reads text files into a <see cref="RetrievalStoreBuilder"/>.</summary>
internal static class CorpusBuilder
{
    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The files that paths name, those of folders in order.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="output">The store to be: when it is built anew beside its texts, it is none of them.</param>
    /// <exception cref="IOException">There is no such path, or the output is a folder.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths, string output)
    {
        if (Directory.Exists(output)) throw new IOException($"{output} is a folder: name the file to write.");
        var inputs = new List<string>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path)) inputs.AddRange(Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
            else if (File.Exists(path)) inputs.Add(path);
            else throw new FileNotFoundException($"There is no file or folder {path}.");
        }

        inputs.RemoveAll(input => Path.GetFullPath(input) == Path.GetFullPath(output));
        return inputs.Count > 0 ? inputs : throw new IOException("The folders are empty: there is nothing to build a store of.");
    }

    /// <summary>Adds every file as one text.</summary>
    /// <exception cref="InvalidDataException">A file is not UTF-8; the message names it.</exception>
    public static void Add(RetrievalStoreBuilder builder, IReadOnlyList<string> inputs, TextTokenizer tokenizer, IProgress<double> progress, CancellationToken cancellationToken)
    {
        for (var i = 0; i < inputs.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            builder.Add(tokenizer.Encode(Read(inputs[i]), addSpecialTokens: false));
            progress.Report((i + 1.0) / inputs.Count);
        }
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
}
