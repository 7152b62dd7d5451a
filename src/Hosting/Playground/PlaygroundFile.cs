using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Decant.Hosting;

/// <summary>A file of the page, from the assembly.</summary>
internal sealed class PlaygroundFile
{
    private const string Prefix = "Playground/";
    private const string Page = "index.html";

    // Nothing inline, nothing from elsewhere: a model's text that came to be markup could still do nothing.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly FileExtensionContentTypeProvider _contentTypes = new();
    private readonly byte[] _content;
    private readonly string _contentType;
    private readonly EntityTagHeaderValue _entityTag;

    private PlaygroundFile(string name)
    {
        using var stream = typeof(PlaygroundFile).Assembly.GetManifestResourceStream(Prefix + name)!;
        _content = new byte[stream.Length];
        stream.ReadExactly(_content);
        _contentType = _contentTypes.TryGetContentType(name, out var type) ? $"{type}; charset=utf-8" : throw new InvalidOperationException($"The playground's file {name} has no known content type.");
        _entityTag = new EntityTagHeaderValue($"\"{Convert.ToHexString(SHA256.HashData(_content).AsSpan(0, 8))}\"");
        Route = name == Page ? "/" : $"/playground/{name}";
    }

    /// <summary>Every file.</summary>
    public static IReadOnlyList<PlaygroundFile> All { get; } =
        [.. typeof(PlaygroundFile).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => new PlaygroundFile(name[Prefix.Length..]))];

    /// <summary>Where it is served.</summary>
    public string Route { get; }

    /// <summary>The file, or 304 where the browser has it.</summary>
    public IResult Get(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        return Results.Bytes(_content, _contentType, entityTag: _entityTag);
    }
}
