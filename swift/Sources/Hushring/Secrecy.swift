/// A type that holds a secret: neither its descriptions nor a dump of it show one.
protocol Secretive: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Secretive {
  public var debugDescription: String { description }

  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
